-- expect: error read-only
-- vars: {"panier":[1,2]}
table.insert(c.panier, 1)
