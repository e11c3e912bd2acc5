-- expect: error zero byte
return 'a\0b'
