"""Exchange Online's admin API: who may call it, which cmdlets it has, and how it answers."""
