"""The experiment *text or teacher*: AddNewPositive on icons, by guides that know text, labels, views or nothing.

It is to be registered in docs/preregistration/text_or_teacher.md before it runs; nothing is registered or measured yet.
"""
