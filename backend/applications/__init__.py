"""Applications: draft, dossier, submission, intake and the one gate through which a case moves."""
