-- expect: refused 'load' is not defined
local x = load
