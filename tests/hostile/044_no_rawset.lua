-- expect: refused 'rawset' is not defined
local x = rawset
