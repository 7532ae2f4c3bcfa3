"""The experiment *text or teacher*: AddNewPositive on icons, by guides that know text, labels, views or nothing.

It was registered before it ran, in docs/preregistration/text_or_teacher.md.
"""
