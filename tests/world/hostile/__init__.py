"""What makes a world hostile: a module for each kind of hostility, each with a switch of its own.

Every kind draws from a generator of its own, seeded by the scenario and the kind's name: switching one off changes
neither the others nor what the scenario is without it. Some change what happens (others write to the store); most
change only what is available of it (the log's clock, the window that a person gives, the form of the export).
"""
