-- expect: ok "un"
return ('un deux'):gmatch('%a+')()
