"""The files of the agencies as they publish them: pure streaming readers, one frozen row at a
time. Every reader raises ``shipped.BadRow`` at the first line it cannot read, and skips none.
"""
