-- expect: refused cannot be kept outside a function
local next_word = ('un deux trois'):gmatch('%a+')
local f = flow 'attaque'
f:set 'x' { y = function() return next_word() end }
