-- expect: stopped steps
-- values: total = function(c) while true do end end
local ok = pcall(function() return c.total end)
return ok
