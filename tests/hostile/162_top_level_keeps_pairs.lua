-- expect: refused cannot be kept outside a function
local t = {}
for i = 1, 20 do t['n' .. i] = i end
local step = pairs(t)
local f = flow 'attaque'
f:set 'x' { y = function() return step() end }
