DROP TABLE service_usages;
