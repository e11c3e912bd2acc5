-- expect: error %s%s%n
error('%s%s%n')
