# What does -EnableErrorReporting write? One line of CSV for each call of a cmdlet.
#
# The columns are those of Microsoft's logger. Whether Microsoft's keeps secrets out of the
# parameters is not known; this one does.

$script:SecretParameters = 'AccessToken', 'Certificate', 'CertificatePassword', 'Credential', 'SigningCertificate'

function Start-CmdletLog {
    # Sets where a connection logs to, and says so.
    param($Connection, [string]$Folder)
    if (-not $Folder) { $Folder = Join-Path ([IO.Path]::GetTempPath()) 'EXOCmdletTelemetry' }
    [void][IO.Directory]::CreateDirectory($Folder)
    $Connection.LogFile = Join-Path $Folder "EXOCmdletTelemetry-$([datetime]::Now.ToString('yyyyMMdd-HHmmss')).csv"
    Write-Host "Writing cmdlet logs to $($Connection.LogFile)" -ForegroundColor Yellow
}

function ConvertTo-LoggedParameter {
    param([Collections.IDictionary]$Parameters)
    $texts = foreach ($name in $Parameters.Keys) {
        $value = $Parameters[$name]
        $shown = if ($name -in $script:SecretParameters -or $value -is [securestring]) { '***' } else { "$value" }
        "-$name $shown"
    }
    $texts -join ' '
}

function Write-CmdletLog {
    # Adds the line of one call, if this connection logs at all.
    param($Connection, [string]$CmdletId, [string]$CmdletName, [Collections.IDictionary]$Parameters, [datetime]$Started)
    if (-not $Connection.LogFile) { return }
    [pscustomobject]@{
        ConnectionId     = $Connection.ConnectionId
        CmdletId         = $CmdletId
        CmdletName       = $CmdletName
        CmdletParameters = ConvertTo-LoggedParameter $Parameters
        StartTime        = $Started.ToString('o')
        EndTime          = [datetime]::UtcNow.ToString('o')
        GenericInfo      = ''
        GenericError     = $Connection.LastError
    } | Export-Csv -LiteralPath $Connection.LogFile -Append -Confirm:$false -WhatIf:$false
    $Connection.LastError = $null
}
