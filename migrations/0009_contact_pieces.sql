-- The index of the address book grows in pieces as that of calls and messages does, and is merged like it.
INSERT INTO contact_search (contact_search, rank) VALUES ('automerge', 16);
INSERT INTO contact_search (contact_search, rank) VALUES ('usermerge', 2);
