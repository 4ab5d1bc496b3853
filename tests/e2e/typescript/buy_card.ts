// Lists a card and buys it with the types that openapi-typescript made from docs/openapi.json.
// Every call below is checked against these types before it runs.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

type Money = components["schemas"]["Money"];
type Task = {
  url: string;
  operator: string;
  seller: string;
  buyer: string;
  buyer_id: string;
  card_id: string;
};

declare const process: { argv: string[] };

const task = JSON.parse(process.argv[2] ?? "") as Task;
const price: Money = { amount: 1_000, asset: "USD/2" };

function clientOf(token: string) {
  return createClient<paths>({ baseUrl: task.url, headers: { Authorization: `Bearer ${token}` } });
}

function newKey() {
  return { header: { "Idempotency-Key": crypto.randomUUID() } };
}

function dataOf<Data>(answer: { data?: Data; error?: unknown }): Data {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

dataOf(
  await clientOf(task.operator).POST("/v1/deposits", {
    params: newKey(),
    body: { destination_id: task.buyer_id, money: price },
  }),
);
dataOf(
  await clientOf(task.seller).POST("/v1/listings", {
    params: newKey(),
    body: { card_id: task.card_id, price },
  }),
);
const buyer = clientOf(task.buyer);
const page = dataOf(await buyer.GET("/v1/listings", { params: { query: { price_max: 1_000 } } }));
const [listing] = page.data;
if (listing === undefined) throw new Error("the listing is not in the list");
const sale = dataOf(
  await buyer.POST("/v1/listings/{listing_id}/purchases", {
    params: { path: { listing_id: listing.id }, ...newKey() },
    body: { max_price: listing.price },
  }),
);
const card = dataOf(
  await buyer.GET("/v1/cards/{card_id}", { params: { path: { card_id: sale.card_id } } }),
);
console.log(JSON.stringify({ price: sale.price, owner_id: card.owner_id }));
