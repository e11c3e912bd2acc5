-- expect: error read-only
-- head: local n = { 0 } local function count() n[1] = n[1] + 1 return n[1] end
return count()
