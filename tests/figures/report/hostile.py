"""Texts that would break a page which does not escape them."""

SCRIPT = "<script>document.title = 'taken'</script>"
MARKUP = "\"'><img src=x onerror=\"document.title = 'taken'\">"
RIGHT_TO_LEFT = "שלום \N{RIGHT-TO-LEFT OVERRIDE}olleh حصان"
LONG = "x" * 10_000
TEMPLATE = "{{ 7 * 7 }} {% raw %} </style> --> ]]>"
TEXTS = [SCRIPT, MARKUP, RIGHT_TO_LEFT, LONG, TEMPLATE]
