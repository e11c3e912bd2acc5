-- expect: ok 0
return math.mininteger % -1 + math.fmod(math.mininteger, -1)
