-- Keeps sales_sale.is_counted as compute_price_guide says: a sale does not count if the same two collectors
-- also traded a card of the printing the other way, within 90 days before or after it.
CREATE OR REPLACE FUNCTION sales_mark_back_and_forth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Of two opposite sales at the same moment, neither would see the other: the second waits for the
    -- first here, and what follows sees all that was committed by then.
    PERFORM pg_advisory_xact_lock(hashtextextended(concat(
        NEW.printing_id, least(NEW.seller_id, NEW.buyer_id), greatest(NEW.seller_id, NEW.buyer_id)
    ), 0));
    IF EXISTS (
        SELECT FROM sales_sale
        WHERE printing_id = NEW.printing_id AND seller_id = NEW.buyer_id AND buyer_id = NEW.seller_id
            AND sold_at BETWEEN NEW.sold_at - interval '2160 hours' AND NEW.sold_at + interval '2160 hours'
    ) THEN
        UPDATE sales_sale SET is_counted = false WHERE id = NEW.id;
        UPDATE sales_sale SET is_counted = false
        WHERE printing_id = NEW.printing_id AND seller_id = NEW.buyer_id AND buyer_id = NEW.seller_id
            AND sold_at BETWEEN NEW.sold_at - interval '2160 hours' AND NEW.sold_at + interval '2160 hours'
            AND is_counted;
    END IF;
    RETURN NULL;
END $$;
