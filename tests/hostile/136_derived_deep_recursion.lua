-- expect: stopped
-- values: a = function(c) local function f() return f() + 1 end return f() end
return c.a
