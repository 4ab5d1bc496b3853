DROP TABLE sales_sale;
DROP FUNCTION sales_mark_back_and_forth;
