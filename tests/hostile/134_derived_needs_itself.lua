-- expect: error needs itself
-- values: total = function(c) return c.total + 1 end
return c.total
