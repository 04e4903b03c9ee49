# Keeps each session, one a resource, on the newest token of its file.
#
# The module holds a token for the life of a connection and cannot renew it. So just before an Exchange cmdlet is
# called (calls.ps1), a look at the file tells whether to connect again. A cmdlet that is under way keeps the
# connection it began with: the old one is closed only after its token has expired, when it is of no use to anybody.

$ModuleName = 'ExchangeOnlineManagement'
$EnvironmentNames = @{
    worldwide = 'O365Default'; gcc = 'O365Default'; gccHigh = 'O365USGovGCCHigh'; dod = 'O365USGovDoD'; china = 'O365China'
}
$ComplianceUris = @{
    gccHigh = 'https://ps.compliance.protection.office365.us/powershell-liveid/'
    dod     = 'https://l5.ps.compliance.protection.office365.us/powershell-liveid/'
    china   = 'https://ps.compliance.protection.partner.outlook.cn/powershell-liveid'
}
$SpaceMilliseconds = 10000 # between two connects, as long as the held token has a minute left

$Sessions = [ordered]@{}   # by resource, in the order of their first connect
$Owners = @{}              # which session a cmdlet belongs to, by its name
$Flags = @{ Busy = $false; MayRepeat = $true } # while a session connects, what that calls looks at no file

function New-Session {
    param([string] $Resource, [string] $TokenPath, [string[]] $Cmdlets = @(), [int] $TokenSeconds = 120, [string] $Prefix = '')
    @{
        Resource = $Resource; TokenPath = $TokenPath; Cmdlets = $Cmdlets; Required = $Cmdlets; TokenSeconds = $TokenSeconds; Prefix = $Prefix
        Document = $null; Stamp = 0L; EndsAt = 0L; Dead = $false; NotBefore = 0L; RetryAt = 0L
        Connections = [System.Collections.Generic.List[object]]::new(); Proxies = @{}; Commands = @{}
        Names = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    }
}

function Open-Session {
    <# .SYNOPSIS Connects for the first time. Throws what Connect-ExchangeOnline or Connect-IPPSSession throws. #>
    param([hashtable] $Session)
    Import-Module $ModuleName -Global -DisableNameChecking -ErrorAction Stop
    $Flags.Busy = $true
    try { Use-Token $Session (Read-Token $Session.TokenPath) 'start' }
    finally { $Flags.Busy = $false }
    $Sessions[$Session.Resource] = $Session
    Update-Owner
}

function Get-MissingCmdlet {
    <# .SYNOPSIS Returns the cmdlets that were asked for and that this connection did not bring. #>
    param([hashtable] $Session)
    @($Session.Required | Where-Object { -not [WildcardPattern]::ContainsWildcardCharacters($_) -and -not $Session.Names.Contains((Get-PrefixedName $_ $Session.Prefix)) })
}

function Update-Session {
    <# .SYNOPSIS Takes the newer token if there is one. Never throws: what can go wrong is told as a warning. #>
    # NOTE: PowerShell swallows an exception in the hook, and the cmdlet then runs on the old connection.
    param([hashtable] $Session)
    if ($Flags.Busy) { return }
    $Flags.Busy = $true
    try { if (Test-Renewed $Session) { Use-NewToken $Session (Read-SessionToken $Session) } }
    catch {
        $Session.NotBefore = [Environment]::TickCount64 + 1000
        $Session.Dead = $Session.Document.expires_at -le [DateTime]::UtcNow
        $then = if ($Session.Dead) { 'the old one has expired' } else { 'goes on with the old one' }
        Write-Note warning "The session could not take the newer token; it ${then}: $_"
    }
    finally { $Flags.Busy = $false }
}

function Test-Renewed {
    param([hashtable] $Session)
    if ([Environment]::TickCount64 -lt $Session.NotBefore) { return $false }
    if ((Get-Stamp $Session.TokenPath) -ne $Session.Stamp) { return $true }
    if ($Session.Dead -or $Session.Document.expires_at -gt [DateTime]::UtcNow) { return $false }
    # The held token is dead: any cmdlet would spend a minute on retries and then fail. Better to wait for the sidecar.
    Write-Note warning "The token expired at $($Session.Document.expires_at.ToString('o')); waiting for a newer one in $($Session.TokenPath)."
    $came = Wait-NewToken $Session.TokenPath $Session.Stamp $Session.TokenSeconds
    $Session.Dead = -not $came
    $came
}

function Read-SessionToken {
    param([hashtable] $Session)
    $document = Read-Token $Session.TokenPath
    if ($document.tenant_id -ne $Session.Document.tenant_id) {
        throw "$($Session.TokenPath) is now for tenant $($document.tenant_id), the session is for $($Session.Document.tenant_id)"
    }
    $document
}

function Use-NewToken {
    param([hashtable] $Session, [hashtable] $Document)
    if ($Document.access_token -ceq $Session.Document.access_token) {
        $Session.Stamp = $Document.stamp # the file was written anew, the token is the old one
        return
    }
    Use-Token $Session $Document 'renewed'
    foreach ($later in Get-Shadowing $Session) { Use-Token $later $later.Document 'shadowed' }
    Update-Owner
}

function Use-Token {
    param([hashtable] $Session, [hashtable] $Document, [string] $Reason)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $connection = Connect-WithToken $Session $Document
    $Session.Document = $Document
    $Session.Stamp = $Document.stamp
    $Session.EndsAt = $Document.expires_at.Ticks
    $Session.Dead = $false
    $hasTime = $Document.expires_at -gt [DateTime]::UtcNow.AddMilliseconds(60000 + $SpaceMilliseconds)
    $Session.NotBefore = if ($hasTime) { [Environment]::TickCount64 + $SpaceMilliseconds } else { 0L }
    $Session.Connections.Add(@{ Id = [string] $connection.ConnectionId; ExpiresAt = $Document.expires_at })
    $Session.Proxies = @{}
    Update-Name $Session $connection.ModuleName
    Write-Connected ([ordered]@{
            resource = $Session.Resource
            sequence = $Document.sequence; expires_at = $Document.expires_at.ToString('yyyy-MM-ddTHH:mm:ss.fffZ'); reason = $Reason
            seconds = [Math]::Round($watch.Elapsed.TotalSeconds, 3)
            module_version = [string] (Get-Module $ModuleName | Select-Object -First 1).Version
            module_base = [string] (Get-Module $ModuleName | Select-Object -First 1).ModuleBase
            missing = @(Get-MissingCmdlet $Session)
        })
    Close-ExpiredConnection $Session
}

function Connect-WithToken {
    param([hashtable] $Session, [hashtable] $Document)
    $arguments = @{ AccessToken = $Document.access_token; Organization = $Document.organization; ShowBanner = $false; ErrorAction = 'Stop' }
    if ($Session.Cmdlets.Count) { $arguments.CommandName = $Session.Cmdlets }
    if ($Session.Prefix) { $arguments.Prefix = $Session.Prefix }
    if ($Document['connection_uri']) { $arguments.ConnectionUri = $Document.connection_uri }
    if ($Document['user_principal_name']) { $arguments.UserPrincipalName = $Document.user_principal_name }
    $before = @(ExchangeOnlineManagement\Get-ConnectionInformation | ForEach-Object { [string] $_.ConnectionId })
    if ($Session.Resource -eq 'compliance') { Connect-Compliance $arguments $Document.environment }
    else { Connect-Exchange $arguments $Document.environment }
    ExchangeOnlineManagement\Get-ConnectionInformation | Where-Object { [string] $_.ConnectionId -notin $before } | Select-Object -Last 1
}

function Connect-Exchange {
    param([hashtable] $Arguments, [string] $Environment)
    if (-not $Arguments['ConnectionUri']) { $Arguments.ExchangeEnvironmentName = $EnvironmentNames[$Environment] }
    $null = ExchangeOnlineManagement\Connect-ExchangeOnline @Arguments -SkipLoadingFormatData
}

function Connect-Compliance {
    param([hashtable] $Arguments, [string] $Environment)
    if (-not $Arguments['ConnectionUri'] -and $ComplianceUris[$Environment]) { $Arguments.ConnectionUri = $ComplianceUris[$Environment] }
    $null = ExchangeOnlineManagement\Connect-IPPSSession @Arguments
}

function Update-Name {
    # TemporaryModule: the path or name of the module that the service sent for this connection.
    param([hashtable] $Session, [string] $TemporaryModule)
    $Session.Names.Clear()
    $leaf = [System.IO.Path]::GetFileNameWithoutExtension($TemporaryModule)
    $isOurs = { $_.Path -eq $TemporaryModule -or $_.Name -eq $leaf -or $_.ModuleBase -eq $TemporaryModule }
    if ($Session.Resource -ne 'compliance') { $isOurs = { $_.Name -eq $ModuleName -or $_.Path -eq $TemporaryModule -or $_.Name -eq $leaf -or $_.ModuleBase -eq $TemporaryModule } }
    foreach ($module in Get-Module | Where-Object $isOurs) {
        $isOwn = $module.Name -eq $ModuleName
        foreach ($name in $module.ExportedCommands.Keys) {
            if (-not $isOwn) { [void] $Session.Names.Add((Get-PrefixedName $name $Session.Prefix)) }
            elseif (-not (Test-OwnWrite $name)) { [void] $Session.Names.Add($name) }
        }
    }
    foreach ($own in 'Connect-ExchangeOnline', 'Disconnect-ExchangeOnline', 'Get-ConnectionInformation', 'Connect-IPPSSession') { [void] $Session.Names.Remove($own) }
}

function Get-PrefixedName {
    param([string] $Name, [string] $Prefix)
    $verb, $noun = $Name -split '-', 2
    if ($Prefix -and $noun -and -not $noun.StartsWith($Prefix, [StringComparison]::OrdinalIgnoreCase)) { "$verb-$Prefix$noun" } else { $Name }
}

function Get-Shadowing {
    # Sessions that came later and whose cmdlets hid some of this one's; its new connection has hidden theirs instead.
    param([hashtable] $Session)
    $resources = @($Sessions.Keys)
    for ($place = $resources.IndexOf($Session.Resource) + 1; $place -gt 0 -and $place -lt $resources.Count; $place++) {
        $later = $Sessions[$resources[$place]]
        if ($later.Names.Overlaps($Session.Names)) { $later }
    }
}

function Update-Owner {
    # The hook asks this table for every command of the script, so it is made anew only when a session connects.
    $Owners.Clear()
    foreach ($session in $Sessions.Values) { foreach ($name in $session.Names) { $Owners[$name] = $session } }
}

function Close-ExpiredConnection {
    # All but the newest, which is in use however short its life.
    param([hashtable] $Session)
    foreach ($old in @($Session.Connections | Select-Object -SkipLast 1 | Where-Object { $_.ExpiresAt -le [DateTime]::UtcNow })) {
        ExchangeOnlineManagement\Disconnect-ExchangeOnline -ConnectionId $old.Id -Confirm:$false
        [void] $Session.Connections.Remove($old)
    }
}

function Close-EverySession {
    <# .SYNOPSIS Closes every connection. #>
    $ExecutionContext.InvokeCommand.PreCommandLookupAction = $null
    $Sessions.Clear()
    $Owners.Clear()
    ExchangeOnlineManagement\Disconnect-ExchangeOnline -Confirm:$false
}
