DROP TABLE sales_sale;
