-- expect: ok "float"
return math.type(tonumber(('1'):rep(1000000)))
