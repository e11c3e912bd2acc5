-- expect: refused did you forget
function poison() return 1 end
