-- expect: error needs itself
-- values: a = function(c) return c.b end, b = function(c) return c.a end
return c.a
