# What must Connect-ExchangeOnline and Connect-IPPSSession be given? A token: the emulation signs nobody in.

$script:Hosts = @{
    O365Default      = 'https://outlook.office365.com'
    O365China        = 'https://partner.outlook.cn'
    O365USGovGCCHigh = 'https://outlook.office365.us'
    O365USGovDoD     = 'https://webmail.apps.mil'
    O365GermanyCloud = 'https://outlook.office.de'
}

function Assert-Argument {
    # What Microsoft's module checks before it talks to anybody, in its words.
    param([Collections.IDictionary]$Asked)
    foreach ($name in 'ConnectionUri', 'AzureADAuthorizationEndpointUri') {
        $uri = $Asked[$name] -as [uri]
        if ($Asked[$name] -and -not ($uri.IsAbsoluteUri -and $uri.Scheme -eq 'https')) {
            throw [ArgumentException]::new("Invalid $name parameter '$($Asked[$name])'")
        }
    }
    if (-not $Asked.Prefix) { return }
    if ($Asked.Prefix -notmatch '^[a-z0-9]+$') {
        throw [ArgumentException]::new('Use of any special characters in the Prefix string is not supported.')
    }
    if ($Asked.Prefix -eq 'EXO') {
        throw [ArgumentException]::new("Prefix 'EXO' is a reserved Prefix, please use a different prefix.")
    }
}

function Assert-TokenSignIn {
    param([string]$CmdletName, [Collections.IDictionary]$Asked)
    $this = 'This is the emulation of ExchangeOnlineManagement by exo-jobs:'
    if ($Asked.UseRPSSession) { throw [NotSupportedException]::new("$this it has no remote PowerShell (-UseRPSSession).") }
    if (-not (Test-ParameterDeclared $CmdletName 'AccessToken')) {
        throw [NotSupportedException]::new("$this it signs in by -AccessToken only, which $CmdletName of version " +
            "$script:ModuleVersion does not have. Use a newer version.")
    }
    if (-not $Asked.AccessToken) {
        throw [NotSupportedException]::new("$this it takes -AccessToken only, and cannot sign in by certificate, " +
            'managed identity, credential or prompt.')
    }
    if (-not ($Asked.Organization -or $Asked.DelegatedOrganization -or $Asked.UserPrincipalName)) {
        throw [ArgumentException]::new('Either one of Organization, DelegatedOrganization or UserPrincipalName ' +
            'should be provided with the AccessToken')
    }
}

function Get-ServiceUri {
    # Where the admin API lies: before the path of remote PowerShell, which every -ConnectionUri still ends in.
    param([string]$ConnectionUri, [string]$EnvironmentName)
    if (-not $ConnectionUri) { return $script:Hosts[$EnvironmentName] }
    ([uri]$ConnectionUri).GetLeftPart([UriPartial]::Path) -replace '/powershell(-liveid)?/?$' -replace '/$'
}

function Get-RedirectedUri {
    # Where the admin API lies to which a Location leads. The front door of Security & Compliance
    # names the region's old host and port; the API is at another host of that region.
    param([uri]$Location)
    $uri = $Location.AbsoluteUri -replace '(?i)/adminapi/.*$'
    $uri -replace '^https://([^./]+)\.admin\.(protection\.[^:/]+):446', 'https://$1.ps.compliance.$2'
}

function Read-TokenClaim {
    # A token need not be readable; then Get-ConnectionInformation shows no tenant and no application.
    param([string]$Token)
    $parts = $Token.Split('.')
    if ($parts.Count -ne 3) { return @{} }
    $text = $parts[1].Replace('-', '+').Replace('_', '/')
    $padded = $text.PadRight([int](4 * [Math]::Ceiling($text.Length / 4)), '=')
    try { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($padded)) | ConvertFrom-Json -AsHashtable }
    catch [FormatException], [ArgumentException] { @{} }
}
