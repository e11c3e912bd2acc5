-- expect: stopped steps
::again::
goto again
