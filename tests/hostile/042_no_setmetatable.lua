-- expect: refused 'setmetatable' is not defined
local x = setmetatable
