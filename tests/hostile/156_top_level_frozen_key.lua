-- expect: refused key of a table
local t = {}
t[t] = 1
local f = flow 'attaque'
f:set 'x' { y = function() return t end }
