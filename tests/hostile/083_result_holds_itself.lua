-- expect: error holds itself
local t = {}
t.a = { b = t }
return t
