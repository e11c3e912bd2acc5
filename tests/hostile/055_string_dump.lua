-- expect: refused 'string.dump' is not defined
local s = string.dump(function() end)
