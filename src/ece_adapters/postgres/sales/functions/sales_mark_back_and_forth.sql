-- Sets sales_sale.is_counted by the rule of compute_price_guide: a sale does not count if the same two
-- collectors also traded a card of the printing in the opposite direction, within 90 days before or after.
CREATE OR REPLACE FUNCTION sales_mark_back_and_forth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two opposite sales at the same moment would not see each other. With this lock, the second one
    -- waits for the first, and the next statement sees its committed row.
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
