# Stand-ins for the cmdlets that published scripts connect by. Whatever credential they name, the token file is used;
# what would ask for another tenant is refused.

$Harmless = 'ShowBanner', 'ShowProgress', 'ErrorAction', 'WarningAction', 'InformationAction', 'Verbose', 'SkipLoadingFormatData',
'SkipLoadingCmdletHelp', 'LoadCmdletHelp', 'DisableWAM', 'UseMultithreading', 'UseRPSSession', 'Confirm', 'FormatTypeName', 'PageSize',
'BypassMailboxAnchoring', 'EXOModuleBasePath', 'ExchangeEnvironmentName', 'ConnectionUri', 'AzureADAuthorizationEndpointUri'

function Connect-ByTokenFile {
    # In the order of Connect-ExchangeOnline's own positions. Not an advanced function, so that $args takes all the rest.
    param([string] $ConnectionUri, [string] $AzureADAuthorizationEndpointUri, $ExchangeEnvironmentName, $PSSessionOption,
        [string] $DelegatedOrganization, [string] $Prefix, [string[]] $CommandName, $FormatTypeName, [string] $Organization)
    $session = $Sessions['exchange'] ?? @($Sessions.Values)[0]
    Assert-Organization 'Connect-ExchangeOnline' $session.Document ($Organization, $DelegatedOrganization)
    Write-Ignored 'Connect-ExchangeOnline' $args
    if ($Prefix -and $Prefix -ne $session.Prefix) { Set-SessionPrefix $session $Prefix }
    Update-Session $session
}

function Connect-ComplianceByTokenFile {
    param([string] $ConnectionUri, [string] $AzureADAuthorizationEndpointUri, [string] $DelegatedOrganization, $PSSessionOption,
        [string] $Prefix, [string[]] $CommandName, $FormatTypeName, [string] $Organization)
    Write-Ignored 'Connect-IPPSSession' $args
    $known = $Sessions['compliance']
    if ($known) {
        Assert-Organization 'Connect-IPPSSession' $known.Document ($Organization, $DelegatedOrganization)
        if ($Prefix -and $Prefix -ne $known.Prefix) { Set-SessionPrefix $known $Prefix }
        return Update-Session $known
    }
    $beside = @($Sessions.Values)[0]
    $path = Join-Path ([System.IO.Path]::GetDirectoryName($beside.TokenPath)) 'compliance.json'
    $seconds = $beside.TokenSeconds
    Assert-TokenFile $path $seconds
    $session = New-Session 'compliance' $path @(Get-AllowedCmdlet @($CommandName | Where-Object { $_ })) $seconds $Prefix
    Assert-Organization 'Connect-IPPSSession' (Read-Token $path) ($Organization, $DelegatedOrganization)
    Open-Session $session
}

function Assert-TokenFile {
    # A file may be late; one that never comes is most often a resource that nobody asked the sidecar for.
    param([string] $Path, [int] $Seconds)
    if ([System.IO.File]::Exists($Path)) { return }
    if (Wait-NewToken $Path $NoFile $Seconds) { return }
    throw "Connect-IPPSSession: there is no token for Security & Compliance ($Path). Add compliance to the connection's resources in the sidecar's configuration."
}

function Assert-Organization {
    param([string] $Cmdlet, [hashtable] $Document, [string[]] $Asked)
    foreach ($each in $Asked | Where-Object { $_ }) {
        if ($each -in $Document.organization, $Document.tenant_id) { continue }
        throw "${Cmdlet}: the script asks for organization $each, and this job's token is for $($Document.organization). A job has one tenant: run the script as a job of the other one's connection."
    }
}

function Write-Ignored {
    param([string] $Cmdlet, [object[]] $Rest)
    $named = @($Rest | Where-Object { $_ -is [string] -and $_ -match '^-(\w+):?$' } | ForEach-Object { $_.Trim('-', ':') })
    $ignored = @($named | Where-Object { $_ -notin $Harmless })
    if ($ignored) { Write-Note warning "${Cmdlet}: the session of the token file is used; ignored: $($ignored -join ', ')." }
}

function Set-SessionPrefix {
    param([hashtable] $Session, [string] $Prefix)
    $Session.Prefix = $Prefix
    $Flags.Busy = $true
    try { Use-Token $Session $Session.Document 'prefix' }
    finally { $Flags.Busy = $false }
    Update-Owner
}

function Disconnect-ByRunner {
    # The session is closed when the run ends; to close it here would take every other connection with it.
    Write-Note verbose 'Disconnect-ExchangeOnline: left to the end of the run.'
}

function Get-TruthfulConnection {
    # With a token, the module says that it is active until the end of the year 9999. The file knows better.
    $ends = @{}
    foreach ($session in $Sessions.Values) { foreach ($each in $session.Connections) { $ends[$each.Id] = $each.ExpiresAt } }
    foreach ($connection in ExchangeOnlineManagement\Get-ConnectionInformation @args) {
        $until = $ends[[string] $connection.ConnectionId]
        if (-not $until) { $connection; continue }
        $copy = Microsoft.PowerShell.Utility\Select-Object -InputObject $connection -Property *
        $copy.TokenExpiryTimeUTC = [DateTimeOffset] $until
        $copy.TokenStatus = if ($until -gt [DateTime]::UtcNow) { 'Active' } else { 'Expired' }
        $copy
    }
}
