-- expect: error read-only
local step, real = pairs(string)
real.format = nil
