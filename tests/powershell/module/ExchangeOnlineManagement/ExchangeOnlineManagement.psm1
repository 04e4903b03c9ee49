# The smallest honest stand-in for the Exchange module: it keeps the token of each connection for life, brings its
# cmdlets by a temporary module, those of -CommandName, and returns the token that a call was made with, so that a test can see it.
# A token that begins with `stale` is refused by the cmdlets, one with `spent` after all retries.
$connections = [System.Collections.Generic.List[object]]::new()
$brings = @{
    exchange   = 'Get-Mailbox', 'Set-Mailbox', 'Get-AdminAuditLogConfig'
    compliance = 'Get-ComplianceCase', 'Set-ComplianceCase', 'Get-AdminAuditLogConfig'
}
$cmdlet = @'
function NAME {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline)] $Identity, [switch] $Half)
    process {
        if ($Half) { [pscustomobject]@{ Identity = 'half'; Token = $Token; From = $From } }
        if ($Token -like 'stale*') { Write-Error 'UnAuthorized'; return }
        if ($Token -like 'spent*') { Write-Error 'Maximum retry count reached.'; return }
        foreach ($each in $Identity) { [pscustomobject]@{ Identity = $each; Token = $Token; From = $From } }
    }
}
'@

function Connect-ExchangeOnline {
    [CmdletBinding()]
    param([string] $AccessToken, [string] $Organization, [bool] $ShowBanner, [switch] $SkipLoadingFormatData,
        [string[]] $CommandName, [string] $ConnectionUri, [string] $ExchangeEnvironmentName, [string] $Prefix)
    Add-Connection exchange $AccessToken $Prefix $CommandName
}

function Connect-IPPSSession {
    [CmdletBinding()]
    param([string] $AccessToken, [string] $Organization, [bool] $ShowBanner, [string[]] $CommandName, [string] $ConnectionUri, [string] $Prefix)
    Add-Connection compliance $AccessToken $Prefix $CommandName
}

function Add-Connection {
    param([string] $From, [string] $Token, [string] $Prefix, [string[]] $CommandName)
    $wanted = @($brings[$From] | Where-Object { $name = $_; -not $CommandName -or ($CommandName | Where-Object { $name -like $_ }) })
    if ($Token -eq 'refused') { throw [System.UnauthorizedAccessException]::new('UnAuthorized') }
    $folder = (New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "tmpEXO_$([guid]::NewGuid().ToString('n'))")).FullName
    $file = Join-Path $folder "$(Split-Path -Leaf $folder).psm1"
    $functions = $wanted | ForEach-Object { $cmdlet.Replace('NAME', $_) }
    Set-Content $file "param(`$Token, `$From) $($functions -join "`n"); Export-ModuleMember -Function @($(($wanted | ForEach-Object { "'$_'" }) -join ','))"
    $prefixed = if ($Prefix) { @{ Prefix = $Prefix } } else { @{} }
    Import-Module $file -Global -ArgumentList $Token, $From @prefixed
    $connections.Add([pscustomobject]@{
            ConnectionId = [guid]::NewGuid(); ModuleName = $file; TokenStatus = 'Active'; TokenExpiryTimeUTC = [DateTimeOffset]::MaxValue })
}

function Disconnect-ExchangeOnline {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param([string[]] $ConnectionId)
    foreach ($each in @($connections | Where-Object { -not $ConnectionId -or [string] $_.ConnectionId -in $ConnectionId })) {
        Remove-Module ([System.IO.Path]::GetFileNameWithoutExtension($each.ModuleName))
        Remove-Item -Recurse (Split-Path $each.ModuleName)
        [void] $connections.Remove($each)
    }
}

function Get-ConnectionInformation { $connections }

# One of the module's own, which is there whatever -CommandName says.
function Set-VivaInsightsSettings { 'set' }

Export-ModuleMember -Function Connect-ExchangeOnline, Connect-IPPSSession, Disconnect-ExchangeOnline, Get-ConnectionInformation, Set-VivaInsightsSettings
