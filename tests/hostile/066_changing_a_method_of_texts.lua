-- expect: error cannot be changed
local s = ('x')
local lib = string
lib.rep = function() return 'y' end
