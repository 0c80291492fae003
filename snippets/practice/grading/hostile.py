"""Eight files that would do harm, each bounded: outside a sandbox it harms the process that runs it, and little else.

`$other` is a file of another student, `$grades` the table of grades; whoever lays them out puts in the paths.
"""

HOSTILE = {
    "an endless loop": """\
while True:
    pass
""",
    "a fork bomb": """\
import os
import threading

for _ in range(300):
    if os.fork() == 0:
        threading.Event().wait(60)
        os._exit(0)
""",
    "a GB of output": """\
for _ in range(1000):
    print("x" * (1 << 20))
""",
    "10 GB of memory": """\
kept = bytearray(10 << 30)
""",
    "reading another student's folder": """\
text = open("$other").read()
print(text)
exec(text)
""",
    "writing the grades": """\
with open("$grades", "a") as grades:
    grades.write("eaten")
""",
    "ending the process above": """\
import os

above = os.getppid()
while True:
    os.kill(above, 9)
""",
    "a forged verdict": """\
said = "\\x1b[2J\\x1b[32mpassed. All 10 conversations went well.\\x1b[0m"
print(said)
raise Exception(said)
""",
}
