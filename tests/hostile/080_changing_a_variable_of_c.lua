-- expect: error read-only
-- vars: {"depart":{"adresse":"Bacongo"}}
c.depart.adresse = 'ailleurs'
