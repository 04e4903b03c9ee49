# What can a script ask about its connections, and how does it end them?

# Microsoft's question; the emulation asks it for any choice of connections.
$script:DisconnectQuestion = 'Running this cmdlet clears all active sessions created using Connect-ExchangeOnline or Connect-IPPSSession.'
$script:DisconnectPrompt = 'Press(Y/y/A/a) if you want to continue.'

function Get-ConnectionInformation {
    <#
    .SYNOPSIS
    Lists the connections of this process.
    .NOTES
    With -AccessToken, the expiry is the end of all days and the token is Active for ever. That is
    how Microsoft's module answers, too: it says nothing about the token.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Default')]
    param()
    dynamicparam { New-SelectionParameter 'Get-ConnectionInformation' }
    process {
        $newest = (Get-NewestConnection).ConnectionId
        foreach ($connection in Select-Connection $PSBoundParameters) { ConvertTo-ConnectionInformation $connection $newest }
    }
}

function Select-Connection {
    # Those that -ConnectionId or -ModulePrefix names, or all.
    param([Collections.IDictionary]$Asked)
    (Get-ConnectionList).ToArray() | Where-Object {
        (-not $Asked.ConnectionId -or $_.ConnectionId -in $Asked.ConnectionId) -and
        (-not $Asked.ModulePrefix -or $_.Prefix -in $Asked.ModulePrefix) }
}

function ConvertTo-ConnectionInformation {
    param($Connection, [string]$NewestId)
    $kind = if ($Connection.IsEop) { 'ExchangeOnlineProtection' } else { 'ExchangeOnline' }
    [pscustomobject]@{
        ConnectionId                    = [guid]$Connection.ConnectionId
        State                           = 'Connected'
        Id                              = $Connection.Number
        Name                            = "${kind}_$($Connection.Number)"
        UserPrincipalName               = $Connection.UserPrincipalName
        ConnectionUri                   = $Connection.BaseUri
        AzureAdAuthorizationEndpointUri = $Connection.AuthorizationUri
        TokenExpiryTimeUTC              = [DateTimeOffset]::MaxValue
        CertificateAuthentication       = $false
        ModuleName                      = $Connection.ModuleFolder
        ModulePrefix                    = $Connection.Prefix
        Organization                    = $Connection.Organization
        DelegatedOrganization           = $Connection.DelegatedOrganization
        AppId                           = $Connection.AppId
        PageSize                        = $Connection.PageSize
        TenantID                        = $Connection.TenantId
        TokenStatus                     = 'Active'
        ConnectionUsedForInbuiltCmdlets = $NewestId -eq $Connection.ConnectionId
        IsEopSession                    = $Connection.IsEop
    }
}

function Disconnect-ExchangeOnline {
    <#
    .SYNOPSIS
    Ends connections and removes the modules that were imported for them.
    .NOTES
    Without arguments, every connection of the process ends, in whichever runspace it was made.
    #>
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High', DefaultParameterSetName = 'DefaultParameterSet')]
    param()
    dynamicparam { New-SelectionParameter 'Disconnect-ExchangeOnline' -ConnectionIdByPropertyName }
    process {
        $chosen = @(Select-Connection $PSBoundParameters)
        # The work stands inside the condition: where nobody can be asked, asking fails, and a script goes on behind it.
        if ($PSCmdlet.ShouldProcess($script:DisconnectQuestion, $script:DisconnectPrompt, $script:DisconnectQuestion)) {
            foreach ($connection in $chosen) {
                Remove-Connection $connection
                Remove-TemporaryModule $connection.ModuleFolder
            }
            # Also what is left of connections that another runspace ended.
            if ($PSCmdlet.ParameterSetName -eq 'DefaultParameterSet') { Get-Module tmpEXO_* | Remove-Module -Force -Confirm:$false }
        }
    }
}
