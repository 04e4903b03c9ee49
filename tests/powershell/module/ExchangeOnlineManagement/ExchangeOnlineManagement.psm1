# The smallest honest stand-in for the Exchange module: it keeps the token of each connection for life, brings
# Get-Mailbox by a temporary module, and returns the token that a call was made with, so that a test can see it.
$connections = [System.Collections.Generic.List[object]]::new()

function Connect-ExchangeOnline {
    [CmdletBinding()]
    param([string] $AccessToken, [string] $Organization, [bool] $ShowBanner, [switch] $SkipLoadingFormatData,
        [string[]] $CommandName, [string] $ConnectionUri, [string] $ExchangeEnvironmentName)
    if ($AccessToken -eq 'refused') { throw [System.UnauthorizedAccessException]::new('UnAuthorized') }
    $folder = (New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "tmpEXO_$([guid]::NewGuid().ToString('n'))")).FullName
    $file = Join-Path $folder "$(Split-Path -Leaf $folder).psm1"
    Set-Content $file 'param($Token) function Get-Mailbox { param($Identity) foreach ($each in $Identity) { [pscustomobject]@{ Identity = $each; Token = $Token } } } Export-ModuleMember -Function Get-Mailbox'
    Import-Module $file -Global -ArgumentList $AccessToken
    $connections.Add([pscustomobject]@{ ConnectionId = [guid]::NewGuid(); ModuleName = $file })
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

Export-ModuleMember -Function Connect-ExchangeOnline, Disconnect-ExchangeOnline, Get-ConnectionInformation
