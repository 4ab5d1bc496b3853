CREATE TRIGGER sales_sale_back_and_forth AFTER INSERT ON sales_sale FOR EACH ROW
    EXECUTE FUNCTION sales_mark_back_and_forth();
