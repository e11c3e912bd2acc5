-- expect: error read-only
-- vars: {"depart":1}
local _, t = pairs(c)
t.depart = nil
