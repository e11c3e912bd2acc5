-- expect: refused 'getmetatable' is not defined
local x = getmetatable
