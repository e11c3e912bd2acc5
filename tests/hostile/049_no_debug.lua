-- expect: refused 'debug' is not defined
local x = debug
