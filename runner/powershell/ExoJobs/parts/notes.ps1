# What a session has to say: a record where the runner listens, else one of PowerShell's own streams.

function Write-Note {
    param([ValidateSet('warning', 'verbose')] [string] $Kind, [string] $Message)
    if ($state.Stream) { Write-Record $Kind @{ message = $Message } }
    elseif ($Kind -eq 'warning') { Microsoft.PowerShell.Utility\Write-Warning $Message }
    else { Microsoft.PowerShell.Utility\Write-Verbose $Message }
}

function Write-Connected {
    param([System.Collections.IDictionary] $Fields)
    if ($state.Stream) { Write-Record connected $Fields }
    else { Microsoft.PowerShell.Utility\Write-Verbose "Connected to $($Fields.resource) with token $($Fields.sequence), until $($Fields.expires_at)." }
}
