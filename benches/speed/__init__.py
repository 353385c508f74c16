"""The speed of decisions: one module for each noun that is measured, and one for each step of measuring.

`prompts` makes the inputs, `clock` times contenders side by side, `competitors` calls other libraries as their users
do, `decide`, `stream`, `vote` and `footprint` hold the rows, `bars` what each row has to reach, `report` the output.
"""
