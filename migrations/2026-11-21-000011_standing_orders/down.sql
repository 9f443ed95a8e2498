DROP TABLE standing_order_days, standing_orders;
