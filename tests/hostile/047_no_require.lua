-- expect: refused 'require' is not defined
local x = require
