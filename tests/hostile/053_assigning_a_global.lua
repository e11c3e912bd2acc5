-- expect: refused did you forget 'local'?
x = 1
